-- What is sold out is asked for every few seconds: these rows, and not the whole stock.
create index stock_committed_idx on stock (sku) where on_hand - reserved - allocated <= 0;
comment on index stock_committed_idx is 'Rows with nothing left, expired reservations not counted off.';
