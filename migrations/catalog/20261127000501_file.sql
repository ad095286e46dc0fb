-- Files of imports and exports. An import may be CSV or a workbook; an export writes a file into the object
-- store, which is kept for some days.

alter table job add column format text;
alter table job add column exported_count bigint not null default 0;
alter table job add column file_id uuid;
alter table job add column file_bytes bigint;
alter table job add column file_until timestamptz;
alter table job add constraint job_format_check check (format in ('csv', 'xlsx', 'ndjson'));
comment on constraint job_format_check on job is 'What files may be.';
comment on column job.format is 'Of the file that an import came as or an export makes; null: lines of JSON of an import, or no file.';
comment on column job.exported_count is 'Rows that an export has written so far.';
comment on column job.file_id is 'Name of an export''s file in the object store. Each attempt has its own, so that one that lost its lease does not write for the next. Null when the file is removed.';
comment on column job.file_bytes is 'Size of the file, when it is whole.';
comment on column job.file_until is 'Until then the file is kept.';
create index job_file_idx on job (job_id) where file_id is not null;
comment on index job_file_idx is 'Files that are to be removed some day.';

alter table job drop constraint job_kind_check;
alter table job add constraint job_kind_check check (kind in ('bulk_edit', 'import', 'file_import', 'export'));
comment on constraint job_kind_check on job is 'What can run in the background.';
