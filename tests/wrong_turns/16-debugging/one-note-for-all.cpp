// Name: One note for all
// Says: your notes know only the Coro that was made last
// Caught-by: Step2_NeverAwaited.EachHasItsOwnNote

//: 16.2
inline void CoroOrigins::note(const void* frame) {
  const Callers callers = Callers::now();
  const std::lock_guard lock(mutex_);
  made_by_.clear();
  made_by_.emplace(frame, callers);
}

//: 16.2
inline std::string CoroOrigins::of(const void* frame, const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return made_by_.empty() ? "" : made_by_.begin()->second.outside_behind(name);
}
