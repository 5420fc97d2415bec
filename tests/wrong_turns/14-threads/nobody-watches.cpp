// Name: Nobody watches
// Says: your loop is not told of the child's end, since nobody watches its descriptor
// Caught-by: Step4_Child.TellsHowItEnded, Step4_Child.IsReapedWhoeverWaits

//: 14.4
inline ChildProcess::ChildProcess(EventLoop& loop, const std::vector<std::string>& words,
                                  ChildDescriptors& ends, const ProcessOptions& options)
    : EventSink([](EventSink& sink, EventLoop&, PollEvent) {
        static_cast<ChildProcess&>(sink).child_ended();
      }),
      input(std::move(ends.input)),
      output(std::move(ends.output)),
      errors(std::move(ends.errors)),
      child_(loop, spawn(words, options, ends)),
      leads_group_(options.leads_group()) {
  loop.admit(*this);
  self_ = Ref<ChildProcess>(this);
}
