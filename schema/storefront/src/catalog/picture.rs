//! Images of products.

use std::sync::Arc;

use async_graphql::{Enum, ID, InputObject, Interface, Object, Result};
use model::catalog::Product;
use schema_shared::{coded, to_id};
use services::media::{self, Transform};

/// A medium of a product, such as an image.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Global id of the medium."),
    field(
        name = "alt",
        ty = "Option<String>",
        desc = "Alternative text for people who cannot see the medium; null if none is set."
    )
)]
pub enum Media {
    /// A still image.
    Image(Image),
}

/// An image of a product.
pub struct Image {
    product: Arc<Product>,
    at: usize,
}

/// The requested size and format of an image. Only images below `/media/` apply the size; the format is ignored today.
#[derive(InputObject)]
pub struct ImageTransform {
    /// Maximum width, 1 to 4,000 pixels.
    #[graphql(validator(minimum = 1, maximum = 4000))]
    max_width: Option<i32>,
    /// Maximum height, 1 to 4,000 pixels.
    #[graphql(validator(minimum = 1, maximum = 4000))]
    max_height: Option<i32>,
    /// File format, which is ignored today.
    format: Option<ImageFormat>,
}

/// The file formats of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ImageFormat {
    /// WebP: small, supported by all current browsers.
    Webp,
    /// AVIF: smallest, supported by most current browsers.
    Avif,
    /// JPEG format for photographs.
    Jpeg,
    /// PNG format, without loss.
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
    /// The image at an index of a product.
    pub(super) fn of(product: &Arc<Product>, at: usize) -> Option<Self> {
        product.media.get(at).map(|_| Self { product: product.clone(), at })
    }

    fn media(&self) -> Result<&model::catalog::Media> {
        let found = self.product.media.get(self.at);
        found.ok_or_else(|| coded(schema_shared::ErrorCode::Internal, "the image does not exist"))
    }
}

/// An image of a product.
#[Object]
impl Image {
    /// Global id of the image.
    async fn id(&self) -> Result<ID> {
        Ok(to_id(self.media()?.id))
    }

    /// Alternative text for people who cannot see the image; null if none is set.
    async fn alt(&self) -> Result<Option<String>> {
        Ok(self.media()?.alt.clone())
    }

    /// URL of the image: an `https://` URL, or a path below `/media/` of the server.
    fn url(
        &self,
        #[graphql(desc = "Requested size and format; the original image if absent.")] transform: Option<ImageTransform>,
    ) -> Result<String> {
        let pixels = |bound: Option<i32>| bound.and_then(|pixels| u32::try_from(pixels).ok());
        let transform = transform.map_or_else(Transform::default, |requested| Transform {
            max_width: pixels(requested.max_width),
            max_height: pixels(requested.max_height),
            format: requested.format.map(ImageFormat::extension),
        });
        Ok(media::url(&self.media()?.url, transform))
    }

    /// Width of the original image in pixels.
    fn width(&self) -> Result<u32> {
        Ok(self.media()?.width)
    }

    /// Height of the original image in pixels.
    fn height(&self) -> Result<u32> {
        Ok(self.media()?.height)
    }
}
