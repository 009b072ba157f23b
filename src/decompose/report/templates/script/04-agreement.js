// How far a split agrees with other clusterings, as decompose.boundaries.trust counts it: with the adjusted Rand index (Hubert
// and Arabie, 1985) over the nodes that both place. What no clustering tells apart is one group.
const pairsOf = (size) => (size * (size - 1)) / 2;

// For each service its groups, and how many nodes of each it has: [groups, counts].
const groupsOfServices = (own, group, services) => {
  const counted = Array.from({ length: services }, () => new Map());
  for (let node = 0; node < own.length; node++) {
    if (own[node] < 0 || group[node] < 0) continue;
    const counts = counted[own[node]];
    counts.set(group[node], (counts.get(group[node]) ?? 0) + 1);
  }
  return counted.map((counts) => [Int32Array.from(counts.keys()), Int32Array.from(counts.values())]);
};

const randIndex = (grouped, communities, together, whole) => {
  whole.fill(0);
  let [both, ofServices, ofCommunities, placed] = [0, 0, 0, 0];
  for (const [groups, counts] of grouped) {
    let size = 0;
    for (let at = 0; at < groups.length; at++) {
      const community = communities[groups[at]];
      if (community < 0) continue;
      both += together[community] * counts[at] + pairsOf(counts[at]);
      together[community] += counts[at];
      size += counts[at];
    }
    for (const group of groups) {
      const community = communities[group];
      if (community < 0) continue;
      whole[community] += together[community];
      together[community] = 0;
    }
    ofServices += pairsOf(size);
    placed += size;
  }
  for (const size of whole) ofCommunities += pairsOf(size);
  const all = pairsOf(placed);
  const expected = all ? (ofServices * ofCommunities) / all : 0;
  const most = (ofServices + ofCommunities) / 2;
  return !all || most === expected ? 1 : (both - expected) / (most - expected);
};

// Nothing where a run keeps no clusterings.
const agreementScores = (own, services) => {
  const { group, communities: most, ensemble, layers } = columnsOf().clusterings;
  const grouped = groupsOfServices(own, group, services);
  const [together, whole] = [new Float64Array(most), new Float64Array(most)];
  const mean = (clusterings) => {
    let [sum, weights] = [0, 0];
    for (const { weight, communities } of clusterings) {
      sum += weight * randIndex(grouped, communities, together, whole);
      weights += weight;
    }
    return sum / (weights || 1);
  };
  return {
    ...(ensemble.length ? { seed_agreement: mean(ensemble) } : {}),
    ...(layers.length ? { layer_agreement: mean(layers) } : {}),
  };
};
