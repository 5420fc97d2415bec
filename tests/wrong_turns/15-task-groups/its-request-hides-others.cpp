// Name: Its own request hides those of others
// Says: your group ends quietly although somebody else has asked its owner to stop
// Caught-by: Step4_Quiet.ARequestOfOthersOutlastsAQuietEnd

//: 15.2
inline void TaskGroup::settle_requests() { owner_.uncancel(); }
