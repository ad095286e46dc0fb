-- What staff decide about lists.
create table rule (
    code          text        not null,
    name          text        not null,
    action        text        not null,
    surfaces      text[]      not null,
    in_categories text[]      not null,
    skus          text[]      not null,
    categories    text[]      not null,
    brands        text[]      not null,
    features      text[]      not null,
    active_from   timestamptz,
    active_until  timestamptz,
    position      integer     not null,
    active        boolean     not null,
    version       bigint      not null default 1,
    xact_id       xid8        not null default pg_current_xact_id(),
    constraint rule_pkey primary key (code),
    constraint rule_action_check check (action in ('pin', 'boost', 'bury', 'exclude', 'only')),
    constraint rule_time_check check (active_from < active_until)
);
comment on table rule is 'Rules of merchandising.';
comment on column rule.in_categories is 'Where it applies: lists about products of these categories or those below.';
comment on column rule.skus is 'With categories, brands and features: the products that it is about.';
comment on column rule.xact_id is 'Transaction of the last change: how replicas see what is new.';
