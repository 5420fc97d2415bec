// Name: Waits for a closed loop
// Says: your hand_back() does not look whether the loop has taken the job, and it stays for ever
// Caught-by: Step2_Job.AClosedLoopGetsNothing

//: 14.2
inline void Job::hand_back(std::shared_ptr<Job> job) {
  Job& posted = *job;
  if (posted.door_ == nullptr) return;
  posted.self_ = std::move(job);
  posted.door_->post(posted);
}
