-- Asset families are record families of the kind `asset_family`; this is what only they have.
alter table record_family
    add column attribute_as_main_media text,
    add column naming_convention       jsonb not null default '{}';
comment on column record_family.attribute_as_main_media is 'Attribute of an asset family whose files stand for its assets.';
comment on column record_family.naming_convention is 'How a new asset fills attributes from its code or the name of its file; {} if it does not.';
