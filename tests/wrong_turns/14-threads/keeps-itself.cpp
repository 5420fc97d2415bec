// Name: Keeps itself for ever
// Says: your job keeps itself alive on its way to the loop, and does not let go when it is there
// Caught-by: Step2_Job.LivesUntilItIsBack

//: 14.2
inline void Job::run() {
  if (done_ != nullptr && !done_->done()) done_->set_result();
}
