// Name: Hooking to children that are done already
// Says: your gather hears of children that were done before only an iteration later
// From: asyncio before 3.12
// Caught-by: Step1_Gather.OfDoneChildrenIsCompleteAtOnce

//: 8.1
inline void GatherCore::watch(const std::vector<FutureBase*>& children) {
  count_ = pending_ = children.size();
  hooks_ = std::make_unique<ChildHook[]>(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    hooks_[i].attach(*this, *children[i]);
    if (!children[i]->done()) children[i]->wait(hooks_[i]);
  }
  if (count_ == 0) {
    succeed();
    return let_go();
  }
  std::vector<FutureBase*> done;
  for (FutureBase* child : children) {
    if (child->done()) running_loop().call_soon([this, child] { child_done(*child); });
  }
  for (FutureBase* child : done) child_done(*child);
}
