-- Imports: jobs whose lines arrive in one upload, in any order. A line that is written is deleted; what
-- stays is what is still to be done, and what was refused.

alter table job add column created_count bigint not null default 0;
alter table job add column stage jsonb;
comment on column job.total is 'Products that the search of a bulk edit found when the job began, or lines of an import.';
comment on column job.stage is 'Which lines of an import are taken next; null before the first.';

alter table job drop constraint job_kind_check;
alter table job add constraint job_kind_check check (kind in ('bulk_edit', 'import'));
comment on constraint job_kind_check on job is 'What can run in the background.';
alter table job drop constraint job_status_check;
alter table job add constraint job_status_check
    check (status in ('receiving', 'queued', 'running', 'completed', 'cancelled', 'failed'));
comment on constraint job_status_check on job is 'An import is receiving until its whole body is there.';

create table import_line (
    job_id     uuid     not null,
    line       bigint   not null,
    rank       smallint,
    resource   text,
    key        text,
    identifier text,
    data       text,
    state      text     not null,
    outcome    text,
    without    text[],
    refusal    json,
    constraint import_line_pkey primary key (job_id, line),
    constraint import_line_job_fkey foreign key (job_id) references job (job_id) on delete cascade,
    constraint import_line_state_check check (state in ('waiting', 'held', 'refused')),
    constraint import_line_outcome_check check (outcome in ('created', 'changed', 'unchanged'))
);
comment on table import_line is 'Lines of imports that are not written, or not whole. Cleared with their job.';
comment on constraint import_line_pkey on import_line is 'Lines are numbered from 1.';
comment on constraint import_line_job_fkey on import_line is 'A line belongs to an import.';
comment on constraint import_line_state_check on import_line is
    'waiting: nothing of it is written; held: written without some properties; refused: not tried again.';
comment on constraint import_line_outcome_check on import_line is 'What was done of a line that is held.';
comment on column import_line.rank is 'Order among sorts of things: structure, models, products. Null: the line could not be read.';
comment on column import_line.resource is 'Path of the bulk write that the line is for.';
comment on column import_line.identifier is 'Identifier of a product that is named by its uuid: others may name it so.';
comment on column import_line.data is 'The line of that bulk write, as JSON.';
comment on column import_line.without is 'Properties that a held line was written without.';
comment on column import_line.refusal is 'What a single write answered when the line was last tried. Not jsonb: texts may hold U+0000.';
create index import_line_next_idx on import_line (job_id, state, rank, resource, line);
comment on index import_line_next_idx is 'Which lines are taken next.';
create index import_line_key_idx on import_line (job_id, key) where state in ('waiting', 'held');
comment on index import_line_key_idx is 'Lines about the same thing, and things that are still to come.';
create index import_line_identifier_idx on import_line (job_id, identifier)
    where identifier is not null and state in ('waiting', 'held');
comment on index import_line_identifier_idx is 'Products that are still to come, by their identifiers.';
create index import_line_refused_idx on import_line (job_id, line) where refusal is not null;
comment on index import_line_refused_idx is 'The list of errors.';
