// Name: Done all the same
// Says: your thread begins a job that was cancelled before
// Caught-by: Step2_Job.ForgottenBeforeItBeginsItNeverDoes

//: 14.2
inline void Job::carry_out(std::shared_ptr<Job> job) {
  job->move_on(State::begun);
  job->work();
  hand_back(std::move(job));
}
