alter table media_file
    add column width integer,
    add column height integer,
    add constraint media_file_dimensions_check
        check ((width is null) = (height is null) and width > 0 and height > 0);
comment on column media_file.width is
    'Width of a picture in pixels, as it is shown; null where it is not known, or no picture.';
comment on column media_file.height is 'Height of a picture in pixels, as it is shown.';
