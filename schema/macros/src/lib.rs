//! The attribute macro that gives connection fields their arguments.

use proc_macro::TokenStream;
use quote::ToTokens as _;
use syn::{
    FnArg, ImplItem, ImplItemFn, ItemImpl, PatType, Token, Type, parse_macro_input, parse_quote, punctuated::Punctuated,
};

/// Defines the four arguments of connection fields, with one wording in both schemas.
///
/// Write it above `#[Object]`: a resolver parameter of type `ConnectionArgs` becomes the GraphQL arguments `first`,
/// `after`, `last` and `before`.
#[proc_macro_attribute]
pub fn connection_fields(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut object = parse_macro_input!(item as ItemImpl);
    for item in &mut object.items {
        if let ImplItem::Fn(resolver) = item {
            expand(resolver);
        }
    }
    object.into_token_stream().into()
}

/// Replaces the parameter of type `ConnectionArgs` and binds its name at the start of the body.
fn expand(resolver: &mut ImplItemFn) {
    let mut inputs = Punctuated::new();
    for input in std::mem::take(&mut resolver.sig.inputs) {
        match &input {
            FnArg::Typed(PatType { pat, ty, .. }) if is_connection_args(ty) => {
                inputs.extend(arguments());
                let bind = parse_quote!(let #pat = #ty { first, after, last, before };);
                resolver.block.stmts.insert(0, bind);
            }
            _ => inputs.push(input),
        }
    }
    resolver.sig.inputs = inputs;
}

fn is_connection_args(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "ConnectionArgs"))
}

fn arguments() -> Punctuated<FnArg, Token![,]> {
    parse_quote! {
        #[graphql(desc = "Number of entries from the start, 1 to 100. The default is 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Number of entries from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
    }
}
