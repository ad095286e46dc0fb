-- The sort of means of payment that a customer chose, for the payment service's routing.
alter table payment_attempt add column method text;
comment on column payment_attempt.method is 'Sort of means of payment as Stripe names them; null is a card.';
