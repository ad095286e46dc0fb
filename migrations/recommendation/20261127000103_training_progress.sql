-- A training is seen while it runs. The version before neither writes nor reads these columns; it lists a
-- running training as a model that is not available.
alter table model
    add column status           text        not null default 'trained',
    add column step             text,
    add column fraction         real,
    add column heartbeat_at     timestamptz,
    add column cancel_requested boolean     not null default false,
    add constraint model_status_check check (status in ('running', 'trained', 'cancelled', 'interrupted'));
comment on column model.trained_at is 'When its training began.';
comment on column model.status is 'A training that is running and has no heartbeat any more was interrupted.';
comment on column model.step is 'What its training was last doing.';
comment on column model.fraction is 'Of the training that is done, 0 to 1.';
comment on column model.heartbeat_at is 'When whoever trains it last told how far it is.';
comment on column model.cancel_requested is 'Whether somebody wants the training to end; whoever trains looks at it with every heartbeat.';
