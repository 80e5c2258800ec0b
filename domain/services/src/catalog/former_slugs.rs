//! Former slugs of products.

use futures_util::future::try_join_all;
use model::{catalog::Product, ids::ChannelId};
use persistence::StoreError;

use super::{CatalogResult, stored::slug_key};
use crate::App;

/// Removes former slugs that other products use in the channels in which the product is newly published.
pub(super) async fn release_former_slugs(app: &App, before: &Product, product: &mut Product) -> CatalogResult<()> {
    let is_new = |channel: &ChannelId| before.publications.iter().all(|known| known.channel != *channel);
    let channels = product.publications.iter().map(|publication| publication.channel).filter(is_new);
    let former = |channel| product.slugs_in(channel).skip(1).map(move |slug| (channel, slug.clone()));
    let own_id = &product.id.uuid().to_string();
    // One lookup per new channel and former slug; both are few.
    let lookups = channels.flat_map(former).map(|(channel, slug)| async move {
        let holder = app.documents.find_by_key(&slug_key(Some(channel), slug.as_str())).await?;
        Ok::<_, StoreError>(holder.filter(|holder| holder.id != *own_id).map(|_| (channel, slug)))
    });
    let lost = try_join_all(lookups.collect::<Vec<_>>()).await?;
    for (channel, slug) in lost.into_iter().flatten() {
        product.remove_former_slug(&slug, channel);
    }
    Ok(())
}
