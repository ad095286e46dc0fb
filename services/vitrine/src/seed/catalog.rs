use anyhow::{Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::progress::Progress;
use crate::{
    client::{Client, MAX_LINES},
    demo::{DemoCatalog, Picture, PictureOwner, draw},
};

/// Requests under way at the same time.
const CONCURRENCY: usize = 3;

/// Structure, then models, products, associations and pictures.
pub(super) async fn load(client: &Client, catalog: DemoCatalog, progress: &Progress) -> Result<()> {
    let loader = Loader { client, progress };
    let structure = [
        ("categories", catalog.categories),
        ("channels", catalog.channels),
        ("attribute-groups", catalog.attribute_groups),
        ("attributes", catalog.attributes),
    ];
    for (resource, bodies) in structure {
        loader.upsert("structure", resource, bodies).await?;
    }
    for (attribute, options) in catalog.attribute_options {
        loader.upsert("structure", &format!("attributes/{attribute}/options"), options).await?;
    }
    loader.upsert("structure", "families", catalog.families).await?;
    for (family, variants) in catalog.family_variants {
        loader.upsert("structure", &format!("families/{family}/variants"), variants).await?;
    }
    loader.upsert("structure", "association-types", catalog.association_types).await?;
    loader.upsert("models", "product-models", catalog.product_models).await?;
    loader.upsert("products", "products", catalog.products).await?;
    loader.upsert("associations", "product-models", catalog.model_associations).await?;
    loader.upsert("associations", "products", catalog.product_associations).await?;
    loader.upload(catalog.pictures).await
}

struct Loader<'a> {
    client: &'a Client,
    progress: &'a Progress,
}

impl Loader<'_> {
    /// Upserts in the order given: later ones may name earlier ones.
    async fn upsert(&self, what: &'static str, resource: &str, bodies: Vec<Value>) -> Result<()> {
        self.progress.say(what);
        self.progress.expect(bodies.len());
        for lines in bodies.chunks(MAX_LINES) {
            let outcomes =
                self.client.patch_lines(&format!("/api/rest/v1/{resource}"), lines).await?;
            if let Some((line, outcome)) =
                lines.iter().zip(&outcomes).find(|(_, outcome)| !outcome.is_accepted())
            {
                bail!("{resource} refused {line}: {}", outcome.reason());
            }
            self.progress.done(lines.len());
        }
        Ok(())
    }

    async fn upload(&self, pictures: Vec<Picture>) -> Result<()> {
        self.progress.say("pictures");
        self.progress.expect(pictures.len());
        stream::iter(pictures)
            .map(|picture| async move {
                self.upload_one(picture).await?;
                self.progress.done(1);
                anyhow::Ok(())
            })
            .buffer_unordered(CONCURRENCY)
            .try_collect()
            .await
    }

    async fn upload_one(&self, picture: Picture) -> Result<()> {
        let (part, owner) = owner(&picture.owner);
        let spec = picture.spec;
        let bytes = tokio::task::spawn_blocking(move || draw(&spec)).await?;
        self.client.upload(part, &owner, &picture.filename, bytes).await
    }
}

/// The part of the upload that names whose picture it is.
fn owner(owner: &PictureOwner) -> (&'static str, Value) {
    let (part, key, code) = match owner {
        PictureOwner::Product(identifier) => ("product", "identifier", identifier),
        PictureOwner::ProductModel(code) => ("product_model", "code", code),
    };
    (part, json!({ key: code, "attribute": "image", "locale": null, "scope": null }))
}
