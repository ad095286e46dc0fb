-- Comparisons of what providers say they took with what we booked.
create index attempt_created_at_idx on attempt (created_at);
comment on index attempt_created_at_idx is 'Attempts of a time, for reconciliation.';

create table reconciliation (
    reconciliation_id uuid        not null,
    connector         text        not null,
    from_at           timestamptz not null,
    until_at          timestamptz not null,
    status            text        not null default 'running',
    after             text,
    compared          bigint      not null default 0,
    lease_until       timestamptz not null,
    error             text,
    created_at        timestamptz not null default now(),
    finished_at       timestamptz,
    constraint reconciliation_pkey primary key (reconciliation_id),
    constraint reconciliation_range_check check (from_at < until_at),
    constraint reconciliation_status_check check (status in ('running', 'finished', 'failed'))
);
comment on table reconciliation is 'Comparisons of a connector''s charges of a time with our attempts.';
comment on column reconciliation.after is 'The provider''s last charge that was compared: a comparison that was cut off goes on there.';
comment on column reconciliation.lease_until is 'Until then the replica that works on it is left alone.';
create index reconciliation_connector_idx on reconciliation (connector, until_at);
comment on index reconciliation_connector_idx is 'The last comparison of a connector.';
create index reconciliation_created_at_idx on reconciliation (created_at desc, reconciliation_id desc);
comment on index reconciliation_created_at_idx is 'The list, newest first.';
create index reconciliation_running_idx on reconciliation (lease_until) where status = 'running';
comment on index reconciliation_running_idx is 'What is to be gone on with.';

create table reconciled_charge (
    reconciliation_id uuid not null,
    attempt_id        uuid not null,
    constraint reconciled_charge_pkey primary key (reconciliation_id, attempt_id),
    constraint reconciled_charge_reconciliation_id_fkey
        foreign key (reconciliation_id) references reconciliation on delete cascade
);
comment on table reconciled_charge is 'Attempts that a running comparison saw at the provider; deleted when it ends.';

create table reconciliation_difference (
    reconciliation_id  uuid        not null,
    number             bigint      not null generated always as identity,
    kind               text        not null,
    payment_id         uuid,
    attempt_id         uuid,
    provider_reference text,
    currency           text        not null,
    ours               bigint,
    theirs             bigint,
    found_at           timestamptz not null default now(),
    constraint reconciliation_difference_pkey primary key (reconciliation_id, number),
    constraint reconciliation_difference_reconciliation_id_fkey
        foreign key (reconciliation_id) references reconciliation on delete cascade,
    constraint reconciliation_difference_kind_check check (kind in
        ('unknown_charge', 'missing_charge', 'captured_differs', 'refunded_differs'))
);
comment on table reconciliation_difference is 'Where the books of a provider and ours say different things. Amounts are minor units.';
comment on column reconciliation_difference.ours is 'What we booked; null for a charge that is not ours.';
comment on column reconciliation_difference.theirs is 'What the provider says; null for a charge it does not know.';
