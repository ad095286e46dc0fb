-- What callers without the scope to write want changed: drafts of theirs, which become proposals that a
-- reviewer approves or rejects.

create table proposal (
    proposal_id      uuid        not null,
    product_id       uuid,
    product_model_id uuid,
    subject          text        not null,
    author           json        not null,
    status           text        not null default 'draft',
    changes          json        not null,
    comment          text,
    reviewer         json,
    version          bigint      not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    proposed_at      timestamptz,
    constraint proposal_pkey primary key (proposal_id),
    constraint proposal_product_fkey foreign key (product_id) references product (id) on delete cascade,
    constraint proposal_product_model_fkey foreign key (product_model_id)
        references product_model (id) on delete cascade,
    constraint proposal_target_check check (num_nonnulls(product_id, product_model_id) = 1),
    constraint proposal_product_key unique (product_id, subject),
    constraint proposal_product_model_key unique (product_model_id, subject),
    constraint proposal_status_check check (status in ('draft', 'proposed')),
    constraint proposal_proposed_at_check check ((status = 'proposed') = (proposed_at is not null)),
    constraint proposal_changes_check check (json_array_length(changes) > 0),
    constraint proposal_comment_check check (length(comment) between 1 and 1000),
    constraint proposal_reviewer_check check ((comment is null) = (reviewer is null))
);
comment on table proposal is 'What one user wants changed of a product or a model. Gone when all of it is approved or given up; the history of the thing tells who proposed and who approved.';
comment on column proposal.subject is 'Whose it is: the subject of the token. One draft per user and thing.';
comment on column proposal.author is 'The same with name and client, as history tells it: {name, subject, client_id, type}.';
comment on column proposal.status is 'draft: the author is at work. proposed: it waits for a reviewer.';
comment on column proposal.changes is '[{property, attribute?, locale?, scope?, old, new}], as in history_entry; old is what the author saw.';
comment on column proposal.comment is 'Why a reviewer last rejected it.';
comment on column proposal.reviewer is 'Who last rejected it, in the form of author.';
comment on column proposal.version is 'Row version: who approves names the one that was read.';
create index proposal_subject_idx on proposal (subject, proposal_id);
comment on index proposal_subject_idx is 'What one user has written.';
create index proposal_proposed_idx on proposal (proposal_id) where status = 'proposed';
comment on index proposal_proposed_idx is 'What waits for a reviewer, the oldest first.';

alter table history_entry add column reviewer json;
comment on column history_entry.reviewer is 'Who approved what the author had proposed: {name, subject, client_id, type}.';
