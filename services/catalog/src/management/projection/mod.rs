//! Tells the delivery side which product pages to build anew, in the transaction of the change.
//!
//! A page is named by its root: the simple product or the root product model.

mod store;

pub use store::{
    enqueue, enqueue_all, enqueue_of_attribute, enqueue_of_category_tree, enqueue_of_family,
    enqueue_of_option, enqueue_of_products_associated_by,
};
