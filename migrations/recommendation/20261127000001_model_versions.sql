-- Models are stored, so that every replica answers from the same one and an earlier one can come back.
alter table model
    add column trained_through timestamptz,
    add column weights         jsonb,
    add column comparison      jsonb,
    add column snapshot        bytea,
    add column snapshot_sha256 bytea,
    add column active          boolean not null default false,
    add constraint model_snapshot_check check ((snapshot is null) = (snapshot_sha256 is null)),
    add constraint model_active_check check (not active or snapshot is not null);
create unique index model_active_key on model (active) where active;
comment on table model is 'Models, newest 200; the newest ten and the active one with what they learned.';
comment on column model.trained_through is 'When the newest of its baskets was bought.';
comment on column model.weights is 'By what lists for a customer are weighed.';
comment on column model.comparison is 'The model beside the one that was active, on orders neither was trained on.';
comment on column model.snapshot is 'What it learned, as written by the service; its format goes with the version of the service.';
comment on column model.active is 'The one that answers, on every replica.';
comment on index model_active_key is 'One model answers.';
