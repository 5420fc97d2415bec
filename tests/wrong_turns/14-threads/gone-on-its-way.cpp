// Name: Gone on its way
// Says: your job lies in the mailbox, and nobody keeps it alive
// Caught-by: Step2_Job.LivesUntilItIsBack

//: 14.2
inline void Job::hand_back(std::shared_ptr<Job> job) {
  if (job->door_ == nullptr) return;
  if (!job->door_->post(*job)) job->discard();
}
