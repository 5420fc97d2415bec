// Name: The maker is the coroutine
// Says: your note tells the coroutine's own function in place of who called it
// Caught-by: Step2_NeverAwaited.TellsWhoMadeIt

//: 16.2
inline std::string CoroOrigins::of(const void* frame, const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = made_by_.find(frame);
  return found == made_by_.end() ? "" : found->second.outside();
}
