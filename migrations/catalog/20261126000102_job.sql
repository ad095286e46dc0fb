-- Long work that clients ask for and that runs in the background, in chunks: a chunk's effect, its
-- errors and how far the job is commit together, so that another replica goes on where one ended.

create table job (
    job_id          uuid        not null,
    kind            text        not null,
    status          text        not null default 'queued',
    request         jsonb       not null,
    total           bigint,
    position        uuid,
    changed_count   bigint      not null default 0,
    unchanged_count bigint      not null default 0,
    refused_count   bigint      not null default 0,
    failures        integer     not null default 0,
    message         text,
    author          jsonb       not null,
    leased_until    timestamptz,
    created_at      timestamptz not null default now(),
    started_at      timestamptz,
    finished_at     timestamptz,
    constraint job_pkey primary key (job_id),
    constraint job_kind_check check (kind in ('bulk_edit')),
    constraint job_status_check check (status in ('queued', 'running', 'completed', 'cancelled', 'failed'))
);
comment on table job is 'Work in the background. Kept 30 days after it ended.';
comment on column job.job_id is 'UUIDv7: the list is in its order.';
comment on column job.total is 'Products that the search found when the job began.';
comment on column job.position is 'The last product that was dealt with; products are taken in order of their ids.';
comment on column job.failures is 'Chunks in a row that could not be done for reasons of ours.';
comment on column job.message is 'Why the job failed.';
comment on column job.leased_until is 'Until then the replica that runs it has it alone.';
create index job_open_idx on job (job_id) where status in ('queued', 'running');
comment on index job_open_idx is 'What is to be done, oldest first.';

create table job_error (
    job_id     uuid  not null,
    product_id uuid  not null,
    identifier text,
    refusal    jsonb not null,
    constraint job_error_pkey primary key (job_id, product_id),
    constraint job_error_job_fkey foreign key (job_id) references job (job_id) on delete cascade
);
comment on table job_error is 'Products that a job could not change, each with what a single write would have answered.';
