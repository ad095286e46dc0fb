-- Whoever changes one product sees it in the shop at once, also while an import is running.

alter table projection_task add column is_bulk boolean not null default false;
comment on column projection_task.is_bulk is 'Of a change of many pages, which waits for smaller ones.';
create index projection_task_order_idx on projection_task (is_bulk, task_id);
