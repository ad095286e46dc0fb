//! Pages: everything one screen of a shop needs, in one call. Each page has parts, asked for side by
//! side, each with its own deadline. Only the part that a page cannot do without makes it fail; what
//! else is missing, or shown from memory, is said so.

pub(crate) mod account;
mod ask;
pub(crate) mod cart;
pub(crate) mod category;
pub(crate) mod home;
mod memory;
mod part;
pub(crate) mod product;
mod recommended;

pub(crate) use self::memory::Memory;
