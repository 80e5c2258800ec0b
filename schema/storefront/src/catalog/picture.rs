//! Pictures of products.

use std::sync::Arc;

use async_graphql::{Enum, ID, InputObject, Interface, Object, Result};
use model::catalog::Product;
use schema_shared::{coded, to_id};
use services::media::{self, Transform};

/// Something to look at.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Global id."),
    field(name = "alt", ty = "Option<String>", desc = "What it shows, for those who cannot see it.")
)]
pub enum Media {
    /// A still picture.
    Image(Image),
}

/// A still picture of a product.
pub struct Image {
    product: Arc<Product>,
    at: usize,
}

/// The form a picture is wanted in.
#[derive(InputObject)]
pub struct ImageTransform {
    /// The widest it may be, 1 to 4,000 pixels.
    #[graphql(validator(minimum = 1, maximum = 4000))]
    max_width: Option<i32>,
    /// The highest it may be, 1 to 4,000 pixels.
    #[graphql(validator(minimum = 1, maximum = 4000))]
    max_height: Option<i32>,
    /// The file format; the original's where absent.
    format: Option<ImageFormat>,
}

/// A file format of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ImageFormat {
    /// WebP: small, understood by every current browser.
    Webp,
    /// AVIF: smallest, understood by most current browsers.
    Avif,
    /// JPEG, for photographs.
    Jpeg,
    /// PNG, lossless.
    Png,
}

impl ImageFormat {
    const fn extension(self) -> &'static str {
        match self {
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
        }
    }
}

impl Image {
    /// The picture at a place of a product.
    pub(super) fn of(product: &Arc<Product>, at: usize) -> Option<Self> {
        product.media.get(at).map(|_| Self { product: product.clone(), at })
    }

    fn media(&self) -> Result<&model::catalog::Media> {
        let found = self.product.media.get(self.at);
        found.ok_or_else(|| coded(schema_shared::ErrorCode::Internal, "a picture is gone"))
    }
}

/// A still picture.
#[Object]
impl Image {
    /// Global id.
    async fn id(&self) -> Result<ID> {
        Ok(to_id(self.media()?.id))
    }

    /// What it shows, for those who cannot see it.
    async fn alt(&self) -> Result<Option<String>> {
        Ok(self.media()?.alt.clone())
    }

    /// Where it is, relative to the shop's address unless it is kept elsewhere.
    fn url(
        &self,
        #[graphql(desc = "The form it is wanted in; the original where absent.")] transform: Option<ImageTransform>,
    ) -> Result<String> {
        let pixels = |bound: Option<i32>| bound.and_then(|pixels| u32::try_from(pixels).ok());
        let transform = transform.map_or_else(Transform::default, |wish| Transform {
            max_width: pixels(wish.max_width),
            max_height: pixels(wish.max_height),
            format: wish.format.map(ImageFormat::extension),
        });
        Ok(media::url(&self.media()?.url, transform))
    }

    /// Width of the original in pixels.
    fn width(&self) -> Result<u32> {
        Ok(self.media()?.width)
    }

    /// Height of the original in pixels.
    fn height(&self) -> Result<u32> {
        Ok(self.media()?.height)
    }
}
