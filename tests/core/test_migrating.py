"""Historical models between two migrations: those that point at a changed one are made anew, no others."""

import pytest
from django.db import connections, models
from django.db.migrations.state import ModelState, ProjectState

from portal.core.migrating import lean_states


def model(name: str, **pointing: str) -> ModelState:
    keys = {field: models.ForeignKey(f"house.{to}", models.CASCADE) for field, to in pointing.items()}
    return ModelState("house", name, [("id", models.BigAutoField(primary_key=True)), *keys.items()])


@pytest.fixture
def state():
    """A room lies in a house, a bed in a room; the house has a street. A shed is only like it."""
    state = ProjectState()
    for made in (
        model("Street"),
        model("House", street="Street"),
        model("Room", house="House"),
        model("Bed", at="Room"),
    ):
        state.add_model(made)
    state.add_model(ModelState("house", "Villa", [], bases=("house.house",)))
    state.add_model(model("Shed"))
    return state


def classes(state: ProjectState) -> dict[str, type]:
    return {name: state.apps.get_model("house", name) for name in ("Street", "House", "Room", "Bed", "Villa", "Shed")}


def test_what_depends_on_a_changed_model_is_made_anew_and_nothing_else(state):
    before = classes(state)
    with lean_states():
        state.add_field("house", "house", "number", models.IntegerField(default=1), preserve_default=True)
    after = classes(state)

    assert {name for name in before if before[name] is not after[name]} == {"House", "Room", "Bed", "Villa"}
    assert after["Bed"]._meta.get_field("at").related_model is after["Room"]
    assert after["Room"]._meta.get_field("house").related_model is after["House"]
    assert after["House"]._meta.get_field("number")


def test_the_other_side_of_a_key_knows_the_new_model(state):
    street = classes(state)["Street"]
    with lean_states():
        state.add_model(model("Tram", street="Street"))
        state.remove_field("house", "house", "street")
    pointing = {relation.related_model.__name__ for relation in street._meta.related_objects}

    assert classes(state)["Street"] is street
    assert pointing == {"Tram"}


def test_an_earlier_state_keeps_its_models(state):
    classes(state)
    earlier = state.clone()
    with lean_states():
        state.add_field("house", "house", "number", models.IntegerField(default=1), preserve_default=True)

    assert "number" not in {field.name for field in earlier.apps.get_model("house", "House")._meta.get_fields()}


def test_a_new_index_is_put_on_the_model_that_is_there(state):
    before = classes(state)
    with lean_states():
        state.add_index("house", "house", models.Index(fields=["street"], name="house_by_street"))
    after = classes(state)

    assert before == after
    assert [index.name for index in after["House"]._meta.indexes] == ["house_by_street"]
    assert [index.name for index in state.models["house", "house"].options["indexes"]] == ["house_by_street"]


def test_everybody_else_has_django_as_it_is():
    usual = ProjectState._find_reload_model, ProjectState._append_option
    with lean_states():
        assert ProjectState._find_reload_model is not usual[0]
    assert (ProjectState._find_reload_model, ProjectState._append_option) == usual


@pytest.mark.django_db(databases=["owner"])
def test_a_migration_waits_for_a_lock_three_seconds_at_most():
    """F19: whoever waits for a table keeps all that come after him waiting."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)
