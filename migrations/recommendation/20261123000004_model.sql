-- Every model that was trained and served.
create table model (
    model_id     uuid        not null,
    trained_at   timestamptz not null,
    took_ms      bigint      not null,
    products     bigint      not null,
    interactions bigint      not null,
    baskets      bigint      not null,
    sessions     bigint      not null,
    customers    bigint      not null,
    metrics      jsonb,
    constraint model_pkey primary key (model_id)
);
comment on table model is 'Log of trainings, newest 200. The models themselves live in memory and are made anew at each start.';
comment on column model.interactions is 'Interactions with known products that it learned from.';
comment on column model.metrics is 'How well a model without the newest baskets completes those; absent where there are too few.';
