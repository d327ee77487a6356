def test_the_plugin_loads_opens_its_dock_and_goes_again(with_plugin, drive):
    result = drive("drive_open.py", with_plugin)
    assert result["loaded"]
    assert result["in_raster_menu"]
    assert result["in_toolbar"]
    assert not result["visible_at_start"]
    assert result["visible_after_click"]
    assert result["visible_after_second_click"] is False
    assert (with_plugin / "desktop.png").stat().st_size > 10_000
    assert result["docks_after_unload"] == 0
    assert not result["in_raster_menu_after_unload"]
