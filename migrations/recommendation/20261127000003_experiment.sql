-- Which way of recommending does better?
create table experiment (
    code       text        not null,
    name       text        not null,
    surfaces   text[]      not null,
    arms       jsonb       not null,
    active     boolean     not null default true,
    started_at timestamptz not null default now(),
    ended_at   timestamptz,
    version    bigint      not null default 1,
    xact_id    xid8        not null default pg_current_xact_id(),
    constraint experiment_pkey primary key (code),
    constraint experiment_end_check check (active = (ended_at is null))
);
comment on table experiment is 'Experiments; what an arm does never changes.';
comment on column experiment.xact_id is 'Transaction of the last change: how replicas see what is new.';

create table exposure (
    experiment text        not null,
    visitor    text        not null,
    arm        text        not null,
    first_at   timestamptz not null,
    constraint exposure_pkey primary key (experiment, visitor),
    constraint exposure_experiment_fkey foreign key (experiment) references experiment
        on delete cascade
);
comment on table exposure is 'Who was shown lists of which arm, and when first.';
comment on column exposure.visitor is 'sub of the token, or else the session.';
create index exposure_visitor_idx on exposure (visitor);
comment on index exposure_visitor_idx is 'For erasure.';
