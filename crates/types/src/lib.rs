//! Ids and validated values that several services share. Pure: no I/O, no framework.

mod code;
mod money;
mod product_id;
mod region;

pub use code::{
    ChannelCode, Code, CodeError, CountryCode, CurrencyCode, Kind, LocaleCode, RuleCode, Sku, kind,
};
pub use money::{Money, MoneyError};
pub use product_id::ProductId;
pub use region::{Region, RegionError};
