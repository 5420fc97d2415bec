// Name: Sets what is over
// Says: your run() sets a future that was cancelled while the job was on its way
// Caught-by: Step2_Job.AFutureThatIsOverIsLeftAlone

//: 14.2
inline void Job::run() {
  const auto last = std::move(self_);
  if (done_ != nullptr) done_->set_result();
}
