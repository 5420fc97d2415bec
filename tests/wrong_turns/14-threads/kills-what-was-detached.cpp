// Name: Kills what was detached
// Says: your evict() kills a child that was to run on
// Caught-by: Step4_Loop.LeavesADetachedOneAlone

//: 14.4
inline void ChildProcess::evict() noexcept {
  const Ref<ChildProcess> alive = std::exchange(self_, nullptr);
  child_.stop_watching();
  kill();
  returncode_ = child_.reap(true);
}
