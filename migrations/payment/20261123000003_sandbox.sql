-- The sandbox provider's own books. They stand for another company's database: only
-- connector/sandbox reads and writes them, on connections of its own.
create table sandbox_charge (
    charge_id       uuid        not null,
    token           text        not null,
    amount          bigint      not null,
    currency        text        not null,
    captures_now    boolean     not null,
    status          text        not null,
    decline_code    text,
    amount_captured bigint      not null default 0,
    amount_released bigint      not null default 0,
    amount_refunded bigint      not null default 0,
    return_url      text,
    created_at      timestamptz not null default now(),
    constraint sandbox_charge_pkey primary key (charge_id),
    constraint sandbox_charge_status_check check (status in
        ('requires_action', 'pending', 'authorized', 'captured', 'declined', 'canceled')),
    constraint sandbox_charge_captured_check check (amount_captured + amount_released <= amount),
    constraint sandbox_charge_refunded_check check (amount_refunded <= amount_captured)
);
comment on table sandbox_charge is 'A charge at the sandbox provider. A canceled one of amount 0 stands for an id that was refused before it charged.';
comment on column sandbox_charge.charge_id is 'The idempotency key that the shop chose: its attempt.';

create table sandbox_operation (
    operation_id uuid        not null,
    charge_id    uuid        not null,
    kind         text        not null,
    amount       bigint      not null,
    is_accepted  boolean     not null,
    created_at   timestamptz not null default now(),
    constraint sandbox_operation_pkey primary key (operation_id),
    constraint sandbox_operation_charge_id_fkey foreign key (charge_id) references sandbox_charge,
    constraint sandbox_operation_kind_check check (kind in ('capture', 'refund'))
);
comment on table sandbox_operation is 'A capture or refund at the sandbox provider.';
comment on column sandbox_operation.operation_id is 'The idempotency key that the shop chose: its operation.';

create table sandbox_event (
    event_id     uuid        not null,
    charge_id    uuid        not null,
    copies       integer     not null,
    tries        integer     not null default 0,
    due_at       timestamptz not null,
    delivered_at timestamptz,
    constraint sandbox_event_pkey primary key (event_id),
    constraint sandbox_event_charge_id_fkey foreign key (charge_id) references sandbox_charge
);
comment on table sandbox_event is 'Webhooks that the sandbox provider has to send.';
comment on column sandbox_event.copies is 'How often it sends the event on purpose, as real providers do by accident.';
create index sandbox_event_due_idx on sandbox_event (due_at) where delivered_at is null;
comment on index sandbox_event_due_idx is 'What is to be sent.';
