// Name: The thread sets the future
// Says: your thread sets the result itself, although the future belongs to the loop's thread
// Caught-by: Step2_Job.IsDoneThereAndAnsweredHere

//: 14.2
inline void Job::carry_out(std::shared_ptr<Job> job) {
  if (!job->move_on(State::begun)) return;
  job->work();
  job->run();
}
