-- Several connectors, and which of them an attempt goes to. Every column has a default, so that
-- replicas of the version before go on.
alter table payment add column country text;
comment on column payment.country is 'Country of the order, ISO 3166-1 alpha-2, for routing.';

alter table attempt
    add column method text not null default 'card',
    add column provider_reference text,
    add column ordinal smallint not null default 1,
    add column route text not null default 'default',
    add column routing_version bigint,
    add column routing_rule text;
alter table attempt
    drop constraint attempt_request_key,
    add constraint attempt_request_key unique (payment_id, requested_by, request_key, ordinal),
    add constraint attempt_route_check check (route in ('requested', 'rule', 'default', 'failover'));
comment on column attempt.method is 'Sort of means of payment, e.g. card, for routing.';
comment on column attempt.provider_reference is 'The provider''s own id of the charge, where it makes one; written before anything is charged.';
comment on column attempt.ordinal is 'Counts the attempts of one request: another connector is tried where the one before certainly charged nothing.';
comment on column attempt.route is 'Why this connector: requested by the client, chosen by a rule, the default, or failover from another.';
comment on column attempt.routing_version is 'Version of the routing rules that were asked; null if there were none.';
comment on column attempt.routing_rule is 'Name of the rule that chose.';
create index attempt_reference_idx on attempt (provider_reference) where provider_reference is not null;
comment on index attempt_reference_idx is 'What a provider''s event is about.';

create or replace view intent as
select payment.payment_id, payment.version, payment.order_id, payment.amount, payment.currency,
       payment.capture_method = 'manual' as captures_later, payment.skus,
       payment.amount_authorized, payment.amount_capturing, payment.amount_captured,
       payment.amount_released, payment.amount_refunding, payment.amount_refunded,
       payment.canceled_at is not null as is_canceled, payment.created_at,
       last.attempt_id, last.status as attempt_status, last.error as last_error, last.action_url,
       exists (select from operation
               where operation.payment_id = payment.payment_id and operation.kind = 'void'
                 and operation.status in ('sent', 'unknown')) as is_voiding,
       payment.country
from payment
left join lateral (
    select attempt.attempt_id, attempt.status, attempt.error, attempt.action_url
    from attempt where attempt.payment_id = payment.payment_id
    order by attempt.created_at desc, attempt.ordinal desc limit 1
) as last on true;

alter table webhook_event alter column charge_id drop not null;
comment on column webhook_event.charge_id is 'The attempt it is about, if it is one of ours.';

create table routing (
    version    bigint      not null,
    rules      jsonb       not null,
    changed_by text        not null,
    created_at timestamptz not null default now(),
    constraint routing_pkey primary key (version),
    constraint routing_version_check check (version > 0),
    constraint routing_rules_check check (jsonb_typeof(rules) = 'array')
);
comment on table routing is 'Which connector an attempt goes to: every version that ever held; the last one holds.';
comment on column routing.changed_by is 'Who wrote it: subject of the access token.';
