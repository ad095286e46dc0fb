-- Removal of media files, bulk edits of product models, and lists by the time of creation.

create table deleted_media_file (
    code       text        not null,
    deleted_at timestamptz not null default now(),
    constraint deleted_media_file_pkey primary key (code)
);
comment on table deleted_media_file is 'Media files that were deleted and whose bytes are still in the object store.';

alter table job drop constraint job_kind_check;
alter table job add constraint job_kind_check
    check (kind in ('bulk_edit', 'model_bulk_edit', 'import', 'file_import', 'export'));
comment on constraint job_kind_check on job is 'What can run in the background.';
comment on table job_error is
    'Products and models that a job could not change, each with what a single write would have answered.';
comment on column job_error.product_id is 'The product or model.';
comment on column job_error.identifier is 'Sku of the product, code of the model.';

create index product_created_at_idx on product (created_at);
comment on index product_created_at_idx is 'Finds products by the time of their creation.';
