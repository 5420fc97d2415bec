// Name: Told before it is done
// Says: your job is on its way to the loop while the thread still works on it
// Caught-by: Step2_Job.IsHandedBackAfterItsWork

//: 14.2
inline void Job::carry_out(std::shared_ptr<Job> job) {
  if (!job->move_on(State::begun)) return;
  hand_back(job);
  job->work();
}
