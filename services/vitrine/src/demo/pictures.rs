//! Which pictures the shop needs: one per model and look, one per simple product.

use fastrand::Rng;

use super::model::{Model, Variant};
use super::picture::{Picture, PictureOwner, PictureSpec};
use super::products::branches;
use super::words::colors::color_by_code;
use super::words::materials::{Class, Material, material_by_code};

pub(crate) fn pictures(models: &[Model]) -> Vec<Picture> {
    models
        .iter()
        .flat_map(|model| branches(model).into_iter().map(move |variant| picture(model, variant)))
        .collect()
}

fn picture(model: &Model, variant: &Variant) -> Picture {
    let filename = [model.code.as_str(), &variant.look_code()].join("-");
    Picture {
        owner: owner(model, variant),
        filename: format!("{}.png", filename.trim_end_matches('-')),
        spec: spec(model, variant),
    }
}

/// The level that keeps attribute `image`: a root model, a sub model or a product.
fn owner(model: &Model, variant: &Variant) -> PictureOwner {
    let levels = model.kind.axes.levels().len();
    match model.kind.axes.level_of("image") {
        level if level == levels => PictureOwner::Product(variant.sku.clone()),
        0 => PictureOwner::ProductModel(model.code.clone()),
        _ => PictureOwner::ProductModel(model.parent_of(variant)),
    }
}

fn spec(model: &Model, variant: &Variant) -> PictureSpec {
    let mut rng = Rng::with_seed(model.look);
    let material = variant.material.or(model.material);
    let printed = rng.choice(model.kind.colors).map(|code| color_by_code(code).paint);
    let main = variant
        .color
        .map(|color| color.paint)
        .or(printed)
        .or(material.map(|material| material.paint));
    PictureSpec::new(
        model.kind.shape,
        main.unwrap_or([0xb0; 3]),
        accent(material, variant, &mut rng),
        model.look,
    )
}

/// Legs, handles, fittings: the wood or metal itself under paint and covers, else a metal that suits.
fn accent(material: Option<&Material>, variant: &Variant, rng: &mut Rng) -> [u8; 3] {
    let second = match material.map(|material| material.class) {
        Some(Class::Wood) if variant.color.is_some() => material,
        Some(Class::Wood) => rng.choice(["steel", "brass", "steel"]).map(material_by_code),
        _ => rng.choice(["oak", "walnut", "beech", "ash"]).map(material_by_code),
    };
    second.map_or([0x55, 0x59, 0x5e], |material| material.paint)
}
