//! What every back end must do, written against `Arc<dyn Store>`: each case runs on a file and on a server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod logins;
#[path = "../support/mod.rs"]
mod support;

/// Makes a test of each case for each back end, such as `postgres::remove_closes_the_gap_and_takes_the_secrets`.
macro_rules! cases {
    ($($module:ident: $($name:ident),+ $(,)?;)+) => {
        mod sqlite {
            $($(#[tokio::test]
            async fn $name() {
                crate::$module::$name(crate::support::Home::new()).await;
            })+)+
        }

        #[cfg(unix)]
        mod postgres {
            $($(#[tokio::test]
            async fn $name() {
                crate::$module::$name(crate::support::Home::on_server()).await;
            })+)+
        }
    };
}

cases! {
    logins:
        save_login_new_account_is_stored_whole,
        save_login_same_account_keeps_id_label_and_place,
        save_login_other_organisation_is_another_credential,
        save_login_default_label_takes_next_free_number,
        save_login_taken_display_gets_a_number,
        save_login_display_with_control_characters_is_cleaned,
        save_login_chosen_label_in_other_case_is_refused,
        save_login_sixteen_at_once_all_arrive,
        rename_taken_label_is_refused_and_own_case_may_change,
        set_priority_any_place_stays_contiguous,
        remove_closes_the_gap_and_takes_the_secrets,
        commit_refresh_eight_writers_one_wins,
        commit_refresh_gone_credential_says_so,
        set_health_old_generation_changes_nothing,
        set_health_every_state_comes_back_and_is_recorded_once,
        version_moves_with_changes_of_another_process,
        attempt_round_trip_survives_the_process,
        update_attempt_writes_only_what_is_there,
        take_attempt_many_callers_one_wins,
        finish_attempt_twice_stores_once,
        finish_attempt_taken_label_keeps_the_attempt,
        client_keys_are_kept_and_revoked_once,
        settings_plain_and_secret_stay_apart,
        events_come_newest_first_with_a_limit,
        request_log_keeps_a_request_once,
        reads_while_another_task_writes_see_whole_states,
        close_twice_is_fine_and_later_calls_fail;
}
