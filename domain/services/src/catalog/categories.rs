//! Categories: a tree whose paths follow from its links, so that a move changes one document.

use model::{
    access::{Actor, Permission},
    catalog::{CatalogErrorCode, Category, Taxonomy, Violation, check_category},
    events::DomainEvent,
    ids::CategoryId,
};

use super::{
    CatalogError, CatalogResult, CategoryInput, CategoryMove, Ref,
    reference::Resolver,
    write::{self, ATTEMPTS, Act},
};
use crate::App;

/// The deepest category, roots being at 1.
const DEPTH: usize = 10;

/// Creates a category.
///
/// # Errors
/// [`CatalogError`].
pub async fn create_category(app: &App, actor: &Actor, input: CategoryInput) -> CatalogResult<Category> {
    actor.require(Permission::CatalogWrite)?;
    let now = app.clock.now();
    let parent = parent(app, input.parent.as_ref()).await?;
    let taxonomy = app.catalog.taxonomy().await?;
    let mut violations = Vec::new();
    let text = write::require(input.slug.as_deref(), "slug", &mut violations);
    let path = text.and_then(|text| path_below(&taxonomy, parent, text, &mut violations));
    let name = write::require(input.name, "name", &mut violations);
    let translations = write::translations(&input.translations.unwrap_or_default(), &mut violations);
    let (Some(slug), Some(name)) = (path, name) else { return Err(CatalogError::Invalid(violations)) };
    let mut category = Category {
        id: CategoryId::new(),
        version: 1,
        slug,
        name,
        description: input.description.unwrap_or_default(),
        parent,
        position: input.position.unwrap_or_default(),
        translations,
        seo: input.seo.unwrap_or_default(),
        created_at: now,
        updated_at: now,
    };
    violations.extend(check_category(&category));
    violations.extend(too_deep(&taxonomy, parent, 1));
    write::refuse_if_any(violations)?;
    write::insert(app, act(app, actor, "categoryCreate", category.id), &mut category).await?;
    // A deletion of the parent sees a new child, or the child sees that its parent is gone.
    if is_gone(app, parent).await? {
        let act = act(app, actor, "categoryCreate", category.id);
        write::delete_newest::<Category>(app, act, &category.id.uuid().to_string(), "category").await?;
        return Err(CatalogError::Invalid(vec![orphan()]));
    }
    Ok(category)
}

/// Changes a category where it is.
///
/// # Errors
/// [`CatalogError`].
pub async fn update_category(
    app: &App,
    actor: &Actor,
    id: CategoryId,
    expected: Option<i64>,
    input: CategoryInput,
) -> CatalogResult<Category> {
    actor.require(Permission::CatalogWrite)?;
    change(app, actor, "categoryUpdate", id, expected, |category, taxonomy| {
        let mut violations = Vec::new();
        if let Some(text) = &input.slug {
            let path = path_below(taxonomy, category.parent, text, &mut violations);
            category.slug = path.unwrap_or_else(|| category.slug.clone());
        }
        if let Some(inputs) = &input.translations {
            category.translations = write::translations(inputs, &mut violations);
        }
        category.name = input.name.clone().unwrap_or_else(|| category.name.clone());
        category.description = input.description.clone().unwrap_or_else(|| category.description.clone());
        category.position = input.position.unwrap_or(category.position);
        category.seo = input.seo.clone().unwrap_or_else(|| category.seo.clone());
        violations.extend(check_category(category));
        violations
    })
    .await
}

/// Moves a category with all below it, whose paths follow.
///
/// # Errors
/// [`CatalogError`], with `Circle` when the new parent lies below it.
pub async fn move_category(app: &App, actor: &Actor, input: CategoryMove) -> CatalogResult<Category> {
    actor.require(Permission::CatalogWrite)?;
    let parent = parent(app, input.parent.as_ref()).await?;
    let before = write::load::<Category>(app, &input.id.uuid().to_string()).await?;
    let (_, before) = before.ok_or_else(|| CatalogError::not_found("category"))?;
    let place = |category: &mut Category, taxonomy: &Taxonomy, parent: Option<CategoryId>, position: Option<i32>| {
        let mut violations = Vec::new();
        if parent.is_some_and(|parent| taxonomy.is_in(parent, input.id)) {
            violations.push(circle());
        }
        let segment = category.segment().to_owned();
        let path = path_below(taxonomy, parent, &segment, &mut violations);
        category.slug = path.unwrap_or_else(|| category.slug.clone());
        category.parent = parent;
        category.position = position.unwrap_or(category.position);
        violations.extend(too_deep(taxonomy, parent, height(taxonomy, input.id)));
        violations
    };
    let moved = change(app, actor, "categoryMove", input.id, None, |category, taxonomy| {
        place(category, taxonomy, parent, input.position)
    })
    .await?;
    // Two moves that cross see each other only after their writes, as do a move and a deletion: then it goes back.
    let refusal =
        if is_gone(app, parent).await? { Some(orphan()) } else { is_above_itself(app, input.id).await?.then(circle) };
    if let Some(refusal) = refusal {
        let undo = |category: &mut Category, _: &Taxonomy| {
            (category.parent, category.position) = (before.parent, before.position);
            category.slug = before.slug.clone();
            Vec::new()
        };
        change(app, actor, "categoryMove", input.id, None, undo).await?;
        return Err(CatalogError::Invalid(vec![refusal]));
    }
    Ok(moved)
}

/// Deletes a category that has none below it. Products in it are in it no more.
///
/// # Errors
/// [`CatalogError`], with `InUse` when others lie below it.
pub async fn delete_category(app: &App, actor: &Actor, id: CategoryId) -> CatalogResult<()> {
    actor.require(Permission::CatalogWrite)?;
    if fresh(app).await?.children_of(Some(id)).next().is_some() {
        return Err(CatalogError::one(CatalogErrorCode::InUse, "id", "move or delete the categories below it first"));
    }
    let act = act(app, actor, "categoryDelete", id);
    write::delete_newest::<Category>(app, act, &id.uuid().to_string(), "category").await
}

/// Loads, changes, checks and writes a category; again when somebody else was quicker and no version is expected.
async fn change(
    app: &App,
    actor: &Actor,
    action: &'static str,
    id: CategoryId,
    expected: Option<i64>,
    decide: impl Fn(&mut Category, &Taxonomy) -> Vec<Violation>,
) -> CatalogResult<Category> {
    let mut tries = 0;
    loop {
        let taxonomy = fresh(app).await?;
        let found = write::load::<Category>(app, &id.uuid().to_string()).await?;
        let (previous, mut category) = found.ok_or_else(|| CatalogError::not_found("category"))?;
        write::expect_version(expected, category.version)?;
        write::refuse_if_any(decide(&mut category, &taxonomy))?;
        category.updated_at = app.clock.now();
        tries += 1;
        match write::replace(app, act(app, actor, action, id), &previous, &mut category).await {
            Err(error) if error.is_conflict() && expected.is_none() && tries < ATTEMPTS => {}
            done => return done.map(|()| category),
        }
    }
}

/// The taxonomy without what other processes changed unseen: rare changes can afford it.
async fn fresh(app: &App) -> CatalogResult<std::sync::Arc<Taxonomy>> {
    app.catalog.invalidate_taxonomy();
    Ok(app.catalog.taxonomy().await?)
}

/// Whether the links above a category, as they are in the store, lead back to it.
async fn is_above_itself(app: &App, id: CategoryId) -> CatalogResult<bool> {
    let mut above = id;
    for _ in 0..=DEPTH {
        match write::load::<Category>(app, &above.uuid().to_string()).await? {
            Some((_, Category { parent: Some(parent), .. })) if parent == id => return Ok(true),
            Some((_, Category { parent: Some(parent), .. })) => above = parent,
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Whether the parent of a category that was just written is there no more.
async fn is_gone(app: &App, parent: Option<CategoryId>) -> CatalogResult<bool> {
    match parent {
        Some(parent) => Ok(write::load::<Category>(app, &parent.uuid().to_string()).await?.is_none()),
        None => Ok(false),
    }
}

async fn parent(app: &App, reference: Option<&Ref>) -> CatalogResult<Option<CategoryId>> {
    let Some(reference) = reference else { return Ok(None) };
    let settings = app.settings.current(&app.db).await?;
    let taxonomy = fresh(app).await?;
    let mut resolver = Resolver::new(&settings, &taxonomy);
    let parent = resolver.category("parent", reference);
    write::refuse_if_any(resolver.violations)?;
    Ok(parent)
}

/// The whole path of a category below another; a text that is a whole path already must fit.
fn path_below(
    taxonomy: &Taxonomy,
    parent: Option<CategoryId>,
    text: &str,
    violations: &mut Vec<Violation>,
) -> Option<model::Slug> {
    let above = parent.and_then(|parent| taxonomy.categories.get(&parent)).map(|category| category.slug.as_str());
    let segment = above.and_then(|above| text.strip_prefix(above)?.strip_prefix('/')).unwrap_or(text);
    if segment.contains('/') {
        let message = "the path does not go on from that of the parent; give its last part alone";
        violations.push(Violation::at(CatalogErrorCode::Invalid, "slug", message));
        return None;
    }
    let path = above.map_or_else(|| segment.to_owned(), |above| format!("{above}/{segment}"));
    write::parse_slug(&path, violations)
}

/// How many levels a category and all below it span.
fn height(taxonomy: &Taxonomy, id: CategoryId) -> usize {
    let mut level: Vec<CategoryId> = vec![id];
    for height in 1..=DEPTH {
        let below = |id: &CategoryId| taxonomy.children_of(Some(*id)).map(|child| child.id).collect::<Vec<_>>();
        level = level.iter().flat_map(below).collect();
        if level.is_empty() {
            return height;
        }
    }
    DEPTH + 1
}

fn too_deep(taxonomy: &Taxonomy, parent: Option<CategoryId>, height: usize) -> Option<Violation> {
    let above = parent.map_or(0, |parent| taxonomy.ancestors(parent).len());
    let message = format!("a tree is at most {DEPTH} categories deep");
    (above + height > DEPTH).then(|| Violation::at(CatalogErrorCode::TooMany, "parent", message))
}

fn circle() -> Violation {
    Violation::at(CatalogErrorCode::Circle, "parent", "a category cannot lie below itself")
}

fn orphan() -> Violation {
    Violation::at(CatalogErrorCode::UnknownReference, "parent", "the category above was deleted in the meantime")
}

fn act<'a>(app: &App, actor: &'a Actor, action: &'static str, id: CategoryId) -> Act<'a> {
    let event = DomainEvent::TaxonomyChanged { id: id.to_string() };
    Act { actor, action, object: id.to_string(), event, now: app.clock.now() }
}
