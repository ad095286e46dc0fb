-- Payments, the attempts to make them, and what is done to the money afterwards.
create table payment (
    payment_id        uuid        not null,
    version           bigint      not null default 0,
    order_id          uuid        not null,
    amount            bigint      not null,
    currency          text        not null,
    capture_method    text        not null,
    skus              jsonb       not null default '[]',
    amount_authorized bigint      not null default 0,
    amount_capturing  bigint      not null default 0,
    amount_captured   bigint      not null default 0,
    amount_released   bigint      not null default 0,
    amount_refunding  bigint      not null default 0,
    amount_refunded   bigint      not null default 0,
    canceled_at       timestamptz,
    created_at        timestamptz not null default now(),
    constraint payment_pkey primary key (payment_id),
    constraint payment_amount_check check (amount > 0),
    constraint payment_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint payment_capture_method_check check (capture_method in ('automatic', 'manual')),
    constraint payment_skus_check check (jsonb_typeof(skus) = 'array'),
    constraint payment_sign_check check (
        least(amount_authorized, amount_capturing, amount_captured, amount_released,
              amount_refunding, amount_refunded) >= 0),
    constraint payment_authorized_check check (amount_authorized <= amount),
    constraint payment_captured_check
        check (amount_captured + amount_capturing + amount_released <= amount_authorized),
    constraint payment_refunded_check check (amount_refunded + amount_refunding <= amount_captured)
);
comment on table payment is 'A payment intent: what is to be paid for an order, and how much of it has moved. Amounts are minor units of its currency.';
comment on column payment.version is 'Counts the published changes.';
comment on column payment.skus is 'What is paid for, for search.';
comment on column payment.amount_capturing is 'Part of the authorization that captures under way are about to take.';
comment on column payment.amount_released is 'Part of the authorization that was given up.';
comment on column payment.amount_refunding is 'Part of what was taken that refunds under way are about to give back.';
comment on column payment.canceled_at is 'When it was cancelled; nothing was or will be taken.';
comment on constraint payment_captured_check on payment is 'No more is taken or released than was authorized.';
comment on constraint payment_refunded_check on payment is 'No more is given back than was taken.';
create index payment_created_at_idx on payment (created_at desc, payment_id desc);
comment on index payment_created_at_idx is 'The list, newest first.';
create index payment_order_id_idx on payment (order_id);
comment on index payment_order_id_idx is 'Payments of an order.';
create index payment_skus_idx on payment using gin (skus jsonb_path_ops);
comment on index payment_skus_idx is 'Payments by what was paid for.';

create table attempt (
    attempt_id    uuid        not null,
    payment_id    uuid        not null,
    connector     text        not null,
    status        text        not null,
    error         text,
    action_url    text,
    requested_by  text        not null,
    request_key   text        not null,
    checks        integer     not null default 0,
    next_check_at timestamptz not null,
    created_at    timestamptz not null default now(),
    constraint attempt_pkey primary key (attempt_id),
    constraint attempt_payment_id_fkey foreign key (payment_id) references payment,
    constraint attempt_request_key unique (payment_id, requested_by, request_key),
    constraint attempt_status_check check (status in
        ('sent', 'unknown', 'requires_action', 'pending',
         'authorized', 'captured', 'declined', 'failed', 'canceled'))
);
comment on table attempt is 'One try to authorize or take a payment at a provider; written before the provider is called.';
comment on column attempt.attempt_id is 'Also the idempotency key at the provider.';
comment on column attempt.error is 'Why it came to nothing: the decline code, or a word of our own.';
comment on column attempt.action_url is 'Where the customer must go.';
comment on column attempt.request_key is 'The Idempotency-Key that asked for it, so that a retry finds it after a crash.';
comment on column attempt.next_check_at is 'When an open attempt is next compared with the provider; also the lease of who does it.';
create unique index attempt_open_key on attempt (payment_id)
    where status in ('sent', 'unknown', 'requires_action', 'pending');
comment on index attempt_open_key is 'The guard against paying twice: one open attempt per payment.';
create index attempt_payment_id_idx on attempt (payment_id, created_at desc);
comment on index attempt_payment_id_idx is 'The last attempt of a payment.';
create index attempt_due_idx on attempt (next_check_at)
    where status in ('sent', 'unknown', 'requires_action', 'pending');
comment on index attempt_due_idx is 'What must be compared with the provider.';

create table operation (
    operation_id  uuid        not null,
    payment_id    uuid        not null,
    attempt_id    uuid        not null,
    kind          text        not null,
    amount        bigint      not null,
    status        text        not null,
    reason        text,
    requested_by  text        not null,
    request_key   text        not null,
    checks        integer     not null default 0,
    next_check_at timestamptz not null,
    created_at    timestamptz not null default now(),
    constraint operation_pkey primary key (operation_id),
    constraint operation_payment_id_fkey foreign key (payment_id) references payment,
    constraint operation_attempt_id_fkey foreign key (attempt_id) references attempt,
    constraint operation_request_key unique (payment_id, kind, requested_by, request_key),
    constraint operation_kind_check check (kind in ('capture', 'void', 'refund')),
    constraint operation_amount_check check (amount > 0),
    constraint operation_status_check check (status in ('sent', 'unknown', 'succeeded', 'failed'))
);
comment on table operation is 'What is done to the money of an attempt: a capture, a void or a refund; written before the provider is called.';
comment on column operation.operation_id is 'Also the idempotency key at the provider.';
comment on column operation.next_check_at is 'When an open operation is sent again; also the lease of who does it.';
create unique index operation_open_key on operation (payment_id)
    where kind in ('capture', 'void') and status in ('sent', 'unknown');
comment on index operation_open_key is 'A capture and a void never race.';
create index operation_payment_id_idx on operation (payment_id, created_at);
comment on index operation_payment_id_idx is 'Operations of a payment.';
create index operation_due_idx on operation (next_check_at) where status in ('sent', 'unknown');
comment on index operation_due_idx is 'What must be sent again.';

create view intent as
select payment.payment_id, payment.version, payment.order_id, payment.amount, payment.currency,
       payment.capture_method = 'manual' as captures_later, payment.skus,
       payment.amount_authorized, payment.amount_capturing, payment.amount_captured,
       payment.amount_released, payment.amount_refunding, payment.amount_refunded,
       payment.canceled_at is not null as is_canceled, payment.created_at,
       last.attempt_id, last.status as attempt_status, last.error as last_error, last.action_url,
       exists (select from operation
               where operation.payment_id = payment.payment_id and operation.kind = 'void'
                 and operation.status in ('sent', 'unknown')) as is_voiding
from payment
left join lateral (
    select attempt.attempt_id, attempt.status, attempt.error, attempt.action_url
    from attempt where attempt.payment_id = payment.payment_id
    order by attempt.created_at desc limit 1
) as last on true;
comment on view intent is 'A payment with its last attempt: all that its status is derived from.';

create table posting (
    posting_id bigint      not null generated always as identity,
    payment_id uuid        not null,
    entry_id   uuid        not null,
    kind       text        not null,
    account    text        not null,
    amount     bigint      not null,
    currency   text        not null,
    posted_at  timestamptz not null default now(),
    constraint posting_pkey primary key (posting_id),
    constraint posting_payment_id_fkey foreign key (payment_id) references payment,
    constraint posting_entry_key unique (entry_id, account),
    constraint posting_kind_check check (kind in ('capture', 'refund')),
    constraint posting_amount_check check (amount <> 0)
);
comment on table posting is 'The ledger: double entry, append-only. The postings of an entry sum to zero.';
comment on column posting.entry_id is 'The attempt or operation that moved the money: it posts once.';
comment on column posting.account is 'connector:<name> is what a provider owes us, sales what was sold for.';
comment on column posting.amount is 'Minor units; positive is a debit, negative a credit.';
create index posting_payment_id_idx on posting (payment_id, posting_id);
comment on index posting_payment_id_idx is 'The ledger of a payment.';

create function check_entry_balance() returns trigger language plpgsql as $$
begin
    if exists (select from posting where entry_id = new.entry_id
               group by currency having sum(amount) <> 0) then
        raise check_violation using
            message = format('the postings of entry %s do not sum to zero', new.entry_id),
            constraint = 'posting_balance_check';
    end if;
    return null;
end $$;
create constraint trigger posting_balance_check after insert on posting
    deferrable initially deferred for each row execute function check_entry_balance();
comment on trigger posting_balance_check on posting is 'At commit every entry sums to zero in each currency.';

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
    raise check_violation using
        message = 'the ledger is append-only', constraint = 'posting_append_only_check';
end $$;
create trigger posting_append_only_check before update or delete or truncate on posting
    for each statement execute function refuse_ledger_change();
comment on trigger posting_append_only_check on posting is 'What was posted stays; a mistake is corrected by another entry.';

create table webhook_event (
    connector   text        not null,
    event_id    text        not null,
    kind        text        not null,
    charge_id   uuid        not null,
    received_at timestamptz not null default now(),
    constraint webhook_event_pkey primary key (connector, event_id)
);
comment on table webhook_event is 'Inbox of provider webhooks: each event counts once. It commits with making its attempt due, so no event is lost after it was acknowledged.';
