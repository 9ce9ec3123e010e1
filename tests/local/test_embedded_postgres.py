def test_the_session_server_gives_an_owner_and_an_app_login_on_database_yakin(postgres):
    import psycopg

    with psycopg.connect(postgres.owner_url) as owner, psycopg.connect(postgres.app_url) as app:
        assert owner.execute("select current_user, current_database()").fetchone() == ("yakin_owner", "yakin")
        assert app.execute("select current_user, current_database()").fetchone() == ("yakin_app", "yakin")
