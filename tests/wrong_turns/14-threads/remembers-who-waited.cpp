// Name: Remembers who waited
// Says: your forget() stops a job that has not begun, and one that has still sets a future that may
//   be gone
// Caught-by: Step2_Job.ForgottenWhileItRunsItDisturbsNobody

//: 14.2
inline void Job::forget() noexcept { move_on(State::forgotten); }
