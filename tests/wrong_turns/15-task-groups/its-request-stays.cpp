// Name: Its own request stays
// Says: your group leaves the request behind that it made itself
// Caught-by: Step2_Failure.StopsTheOthersAndTheBody,
//   Step2_Failure.IsThrownAlsoWhenTheOwnerWaitsAlready

//: 15.2
inline void TaskGroup::settle_requests() {}
