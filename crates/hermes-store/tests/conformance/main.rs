//! What every back end must do, written against `Arc<dyn Store>`: each case runs on a file and on a server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod changes;
mod copies;
mod lease;
mod log;
mod logins;
mod moves;
mod ranking;
mod sessions;
mod spill;
#[path = "../support/mod.rs"]
mod support;
mod usage;

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
    moves:
        everything_moves_to_the_other_kind_of_store,
        import_into_a_store_with_logins_is_refused,
        export_is_refused_while_a_renewal_is_under_way_or_in_doubt,
        text_that_one_kind_cannot_hold_is_cleaned_in_both;
    copies:
        copy_serves_and_renews_nothing,
        copy_that_is_adopted_renews_and_the_original_is_as_it_was,
        copy_still_keeps_a_token_that_was_received,
        store_whose_logins_moved_away_names_the_heir,
        store_in_good_standing_stays_so;
    spill:
        prepare_spill_makes_private_room,
        spill_holds_no_secret_in_the_clear,
        offered_token_is_committed_by_its_generation_once,
        offered_token_that_came_too_late_is_dropped,
        offered_token_of_a_removed_login_is_dropped,
        offered_tokens_come_in_the_order_of_generations,
        settled_spill_is_gone_from_a_file_and_stays_a_day_for_a_server,
        spill_survives_the_process,
        torn_spill_is_skipped_and_loses_no_other,
        spill_of_another_store_is_left_alone,
        damaged_row_keeps_no_other_token_waiting,
        empty_room_that_nobody_used_goes_after_a_day,
        spill_in_a_place_that_is_not_safe_is_refused;
    log:
        request_log_keeps_a_request_once,
        story_of_a_request_comes_back_whole,
        story_without_end_is_kept_in_part,
        requests_come_in_pages_newest_first,
        requests_are_found_by_each_filter,
        newest_request_of_each_login_is_found,
        requests_of_many_models_are_found_by_a_part_of_the_name;
    usage:
        usage_adds_up_by_time_and_group,
        usage_of_two_gateways_at_once_loses_nothing;
    ranking:
        ranking_is_what_the_requests_add_up_to,
        ranking_tells_as_many_as_asked_for,
        ranking_of_two_gateways_at_once_loses_nothing;
    sessions:
        code_is_taken_once_and_not_after_its_end,
        code_is_taken_by_one_of_many_at_once,
        session_lives_until_its_end_or_its_idle_time,
        session_that_was_ended_is_gone,
        ended_sessions_take_the_codes_along,
        ended_rows_are_swept_when_others_come,
        sessions_survive_the_process_and_move_no_version;
    changes:
        changes_are_the_rows_that_changed,
        changes_begin_anew_after_removal_reorder_and_an_unknown_version,
        changes_tell_of_every_kind_of_write,
        version_moves_with_pools_and_client_keys,
        follower_of_eight_writers_misses_nothing,
        storm_of_every_write_ends_without_an_error,
        logins_and_commits_at_once_never_share_a_generation,
        health_of_an_old_generation_never_follows_a_commit;
    lease:
        lease_of_a_new_login_is_idle,
        acquire_idle_takes_the_lease,
        acquire_of_another_generation_or_nobody_is_refused,
        acquire_while_leased_waits_for_the_lapse,
        acquire_at_once_when_the_holder_has_ended,
        acquire_once_something_was_sent_is_refused_for_ever,
        acquire_of_a_dead_login_is_refused,
        pause_is_kept_unless_a_person_insists,
        mark_needs_the_own_attempt_before_the_lapse,
        release_forgets_a_call_that_spent_nothing,
        release_keeps_the_doubt_of_an_earlier_call,
        doubt_is_the_holders_word_about_a_call,
        presume_needs_the_lapse_and_a_proof_or_the_grace,
        presume_with_a_proof_needs_no_grace,
        late_answer_after_presume_is_stored,
        late_answer_after_condemn_heals,
        failure_of_an_old_attempt_changes_nothing,
        new_login_is_never_overwritten_by_the_old_one,
        resend_waits_for_grace_and_the_end_of_the_token,
        resend_of_an_ended_token_waits_for_the_grace,
        resend_waits_for_nothing_where_it_is_safe,
        resend_needs_a_doubt,
        token_is_never_sent_a_third_time,
        condemn_records_the_cause_everywhere,
        condemn_needs_a_call_or_two_doubts,
        condemn_leaves_a_login_switched_off,
        reset_forgives_doubt,
        reset_forgives_no_refusal,
        reset_ends_a_pause,
        race_of_two_nodes_has_one_winner_each_time,
        holder_on_another_machine_is_gone_after_silence_and_the_end_of_its_token,
        holder_on_another_machine_that_gives_signs_of_life_is_not_gone,
        holder_of_an_earlier_start_of_this_machine_is_gone,
        machine_with_a_wrong_clock_takes_no_lease_early,
        heartbeat_names_the_living_and_this_one_first,
        attempts_never_repeat,
        processes_that_start_together_are_not_taken_for_dead;
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
        uses_of_client_keys_are_noted_and_move_no_version,
        settings_plain_and_secret_stay_apart,
        events_come_newest_first_with_a_limit,
        reads_while_another_task_writes_see_whole_states,
        close_twice_is_fine_and_later_calls_fail;
}
