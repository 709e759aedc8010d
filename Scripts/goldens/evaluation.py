#!/usr/bin/env python3
"""Reference numbers for Tests/NormaTests (evaluation, statistics), computed by scikit-learn and NumPy.

pip install numpy scikit-learn. Scores are stored as the bits of Float32, so that denormals and ties survive.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
SAMPLES = 4000


def bits(scores):
    return np.asarray(scores, np.float32).view(np.uint32).tolist()


def oracle_dice(scores, labels):
    """Best Dice of any threshold, one threshold after the other."""
    best = (-1.0, 0.0)
    for threshold in np.unique(scores):
        called = scores >= threshold
        dice = 2 * np.sum(called & labels) / (called.sum() + labels.sum())
        if dice >= best[0]:
            best = (float(dice), float(threshold))
    return best


def ranking(name, scores, labels):
    scores, labels = np.asarray(scores, np.float32), np.asarray(labels, bool)
    case = {"name": name, "scores": bits(scores), "labels": labels.astype(int).tolist()}
    if labels.any():
        dice, threshold = oracle_dice(scores, labels)
        precision, recall, thresholds = precision_recall_curve(labels, scores)
        # Highest threshold first, without the point that calls nothing.
        curve = [[float(v) for v in values[::-1]] for values in (thresholds, recall[:-1], precision[:-1])]
        case |= {"ap": float(average_precision_score(labels, scores)), "dice": dice, "threshold": threshold}
        case |= {"curve": curve, "auroc": None if labels.all() else float(roc_auc_score(labels, scores))}
    return case


def rankings():
    rng = np.random.default_rng(1)
    labels = rng.random(300) < 0.3
    separated = rng.gamma(2, 1, 300) + 2 * labels
    tiny = np.float32(1e-45)
    return [
        ranking("random", rng.random(300), labels),
        ranking("separated", separated, labels),
        ranking("ties", np.floor(separated), labels),
        ranking("mostly zero", np.where(rng.random(300) < 0.8, 0, separated), labels),
        ranking("all zero", np.zeros(40), np.arange(40) < 7),
        ranking("all positive", separated[:50], np.ones(50)),
        ranking("all negative", separated[:50], np.zeros(50)),
        ranking("one lesion voxel alone", [0.5], [1]),
        ranking("one healthy voxel alone", [0.5], [0]),
        ranking("denormals", tiny * np.arange(1, 41, dtype=np.float32), rng.random(40) < 0.4),
        ranking("neighbouring floats", np.float32(1) + np.float32(2**-23) * np.arange(40), rng.random(40) < 0.4),
        ranking("huge", np.float32(3e38) - np.float32(1e36) * np.arange(40), rng.random(40) < 0.4),
        ranking("perfect", np.arange(60), np.arange(60) >= 50),
        ranking("upside down", np.arange(60), np.arange(60) < 10),
    ]


def cohort():
    """Participants of different size and difficulty; 4,000 bootstrap samples of the exact average precision."""
    rng = np.random.default_rng(2)
    people = []
    for index in range(14):
        count = int(rng.integers(200, 600))
        labels = rng.random(count) < rng.uniform(0.2, 0.6)
        strength = rng.uniform(0.2, 2.5)
        scores = np.round((rng.gamma(2, 1, count) + strength * labels) * 256) / 256
        people.append((scores.astype(np.float32), labels))
    thresholds = {"fpr_0.01": 6.0, "fpr_0.05": 4.5, "fpr_0.10": 3.75}

    def figures(chosen):
        scores = np.concatenate([people[i][0] for i in chosen])
        labels = np.concatenate([people[i][1] for i in chosen])
        called = [scores > t for t in thresholds.values()]
        dice = [2 * np.sum(c & labels) / (c.sum() + labels.sum()) for c in called]
        ranking = [average_precision_score(labels, scores), roc_auc_score(labels, scores), oracle_fast(scores, labels)]
        return ranking + dice

    def oracle_fast(scores, labels):
        order = np.argsort(-scores, kind="stable")
        hits = np.cumsum(labels[order])
        ends = np.r_[np.diff(scores[order]) != 0, True]
        return float(np.max((2 * hits / (np.arange(1, len(scores) + 1) + labels.sum()))[ends]))

    everyone = range(len(people))
    draws = [rng.integers(0, len(people), len(people)) for _ in range(SAMPLES)]
    pooled = np.array([figures(chosen) for chosen in draws])
    healthy = np.concatenate([s[~l] for s, l in people])
    names = ["auprc", "auroc", "dice_oracle", *thresholds]
    per_person = np.array([figures([i]) for i in everyone])
    means = np.array([per_person[chosen].mean(axis=0) for chosen in draws])

    def ends(samples):
        return {n: np.quantile(samples[:, i], [0.025, 0.975]).tolist() for i, n in enumerate(names)}

    return {
        "people": [{"scores": bits(s), "labels": l.astype(int).tolist()} for s, l in people],
        "thresholds": thresholds,
        "figures": dict(zip(names, map(float, figures(everyone)))),
        "intervals": ends(pooled),
        "observed_fpr": {name: float(np.mean(healthy > t)) for name, t in thresholds.items()},
        "prevalence": float(np.mean(np.concatenate([l for _, l in people]))),
        "per_participant": {
            n: [float(np.mean(c)), float(np.std(c, ddof=1)), float(np.median(c))] for n, c in zip(names, per_person.T)
        },
        "per_participant_intervals": ends(means),
    }


def statistics():
    rng = np.random.default_rng(3)
    cases = {
        "one": [4.0],
        "two": [4.0, -1.0],
        "constant": [2.5] * 9,
        "even": rng.normal(size=10),
        "odd": rng.normal(size=11),
        "ties": rng.integers(0, 4, 30),
        "sorted": np.arange(17),
        "reversed": np.arange(18)[::-1],
        "skewed": rng.gamma(1, 100, 257),
    }
    stored = []
    for name, values in cases.items():
        values = np.asarray(values, np.float32)
        exact = values.astype(np.float64)
        median = np.median(exact)
        stored.append(
            {
                "name": name,
                "values": bits(values),
                "median": float(median),
                "deviation": float(1.4826 * np.median(np.abs(exact - median))),
                "quantiles": [[q, float(np.quantile(exact, q))] for q in (0, 0.01, 0.25, 0.5, 0.9, 0.98, 1)],
            }
        )
    return stored


golden = {"rankings": rankings(), "cohort": cohort(), "statistics": statistics()}
(GOLDENS / "evaluation.json").write_text(json.dumps(golden) + "\n")
