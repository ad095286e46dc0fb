-- What was written, by whom and when: one row per write of a thing. Partitions of 30 days are made
-- and dropped by the service.

create table history_entry (
    entry_id         uuid        not null,
    kind             text        not null,
    owner            text        not null default '',
    code             text        not null,
    identifier       text,
    version          bigint      not null,
    action           text        not null,
    restored_version bigint,
    subject          text        not null,
    client_id        text        not null,
    author           text        not null,
    changes          json        not null,
    created_at       timestamptz not null default now(),
    constraint history_entry_pkey primary key (entry_id),
    constraint history_entry_action_check check (action in ('created', 'updated', 'deleted'))
) partition by range (entry_id);
comment on table history_entry is 'Writes of products, models and structure. Kept 400 days, also when the thing is deleted. No foreign keys: it outlives what it tells of.';
comment on column history_entry.entry_id is 'UUIDv7: the partition is found by its time.';
comment on column history_entry.kind is 'Table of the thing.';
comment on column history_entry.owner is 'Attribute of an option, family of a variant; else empty.';
comment on column history_entry.code is 'Code of the thing; the id of a product.';
comment on column history_entry.identifier is 'The sku of a product when it was deleted, by which it is found again.';
comment on column history_entry.version is 'Row version that the write led to. A thing that is made again counts on.';
comment on column history_entry.restored_version is 'The version that the write brought back.';
comment on column history_entry.subject is 'Who the token spoke for.';
comment on column history_entry.author is 'Name of the author, for people.';
comment on column history_entry.changes is '[{property, attribute?, locale?, scope?, old, new}]. The state of a version is the present one with all later changes undone.';
create index history_entry_code_idx on history_entry (code, version);
comment on index history_entry_code_idx is 'Pages of one thing, newest first. Few things share a code, so kind and owner are left out.';
create index history_entry_identifier_idx on history_entry (identifier) where identifier is not null;
comment on index history_entry_identifier_idx is 'Deleted products by their sku.';
