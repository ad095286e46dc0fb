//! Every kind of product the shop sells, world by world.

mod coffee;
mod furniture;
mod garden_decor;
mod kitchen;
mod lighting;
mod outdoor;
mod seating;
mod tableware;
mod textiles;

use crate::demo::kind::Kind;

/// All kinds, in the order of the catalog.
pub(crate) fn kinds() -> impl Iterator<Item = &'static Kind> {
    [
        seating::KINDS,
        furniture::KINDS,
        lighting::KINDS,
        kitchen::KINDS,
        tableware::KINDS,
        coffee::KINDS,
        textiles::KINDS,
        outdoor::KINDS,
        garden_decor::KINDS,
    ]
    .into_iter()
    .flatten()
}
